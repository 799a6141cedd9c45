"""Pictures that hang on a case."""
