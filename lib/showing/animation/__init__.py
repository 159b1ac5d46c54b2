"""Films: frames of running simulations, and the video they make."""
