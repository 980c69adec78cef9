"""What tests/compare_outputs.py is made of: a recording, documents as text, pages as text."""
