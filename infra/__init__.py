"""The deployment: settings, stacks and constructs, all of it in CDK."""

from infra.node import choose_node

# jsii starts its Node.js with the first import of a CDK module, so this comes before any of them.
choose_node()
