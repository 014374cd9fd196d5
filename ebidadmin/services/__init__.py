"""The verbs of the office: keyword-only functions over ports, with the acting person and a clock."""
