"""What the first minutes on a new GPU are spent on, one question a file; `benchmarks.gpu_first` asks them all."""
