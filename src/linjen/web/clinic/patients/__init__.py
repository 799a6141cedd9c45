"""Sök patient, Patientinfo, and a case for somebody on the phone."""
