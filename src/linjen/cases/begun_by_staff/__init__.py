"""What staff begin for a patient: Nytt Asynk, a new visit, a case for somebody on the phone."""
