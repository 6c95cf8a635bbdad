"""The commands of jogeon, one module each."""
