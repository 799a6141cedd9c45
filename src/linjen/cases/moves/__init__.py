"""Every movement of a case: taking, handing over, keeping, closing, reopening, new visits."""
