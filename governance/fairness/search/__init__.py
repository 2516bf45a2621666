"""Search under norms: models trained with the norms in view, and certified on people whom no choice has seen."""
