"""Light scorers learnt from dear ones: heads fitted on the scores of judges, reward models or people."""
