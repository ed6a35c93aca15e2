"""What is watched: one table of alarms, and AWS's own metrics beside the catalogue's.

Constructs, dashboard, runbook and docs share both. Nothing here knows of CDK.
"""
