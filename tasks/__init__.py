"""Work behind the reply. Empty until the first module posts a job."""
