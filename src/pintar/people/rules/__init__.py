"""What is allowed and why not: numbers, tries, roles, profiles. Values in, values out."""
