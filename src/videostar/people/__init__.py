"""What people do with a trained model: talk about a video, have a performance assessed."""
