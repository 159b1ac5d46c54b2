"""What images look like if they are not what a fit takes for granted: units, places, edges, gaps, noise."""
