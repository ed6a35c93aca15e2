"""A small CDK app with one of each thing that Moonwalk deploys."""
