"""Rules that any application with Breakpad or Crashpad can use."""
