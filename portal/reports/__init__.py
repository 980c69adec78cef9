"""The annual report as documents: Word, PDF, Excel, web page and data package, from the report object alone."""
