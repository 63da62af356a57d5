"""Every network as a module: no weights, no pre-processing."""
