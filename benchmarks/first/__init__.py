"""What the first minutes on a GPU are spent on, one question a file; `benchmarks.gpu_first` asks them all."""
