"""The rules that a port's fake and its real adapter both keep."""
