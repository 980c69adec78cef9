"""The annual report as documents: Word, PDF and Excel, from the report object and nothing else."""
