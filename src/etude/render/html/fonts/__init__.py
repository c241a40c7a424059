"""The theme's faces, cut into slices as WOFF2. Pure; fontTools loads when one is cut."""
