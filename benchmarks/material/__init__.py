"""What the generated book is made of: words, formulas, code, pictures, and its two dialects."""
