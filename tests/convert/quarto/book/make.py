"""Makes nothing: it stands for what a book does before it is rendered."""
