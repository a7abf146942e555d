"""Tables: separated text and spreadsheets, a role for each column, and their rows as questions."""
