"""How work gets done: kept results, processes, clusters, devices, threads."""
