"""The steps of the method: functions from records to records. They know ports, not adapters."""
