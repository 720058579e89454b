"""Training data made by language models: generated, judged, stored and queryable while the run is on."""
