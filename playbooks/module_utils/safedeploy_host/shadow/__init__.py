"""The shadow: a configuration that really runs where nothing outside can notice it."""
