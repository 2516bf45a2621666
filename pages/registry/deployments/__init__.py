"""Registry, deployments: where the registered models are served."""
