"""HTTP itself: content negotiation, problem details, content coding, client addresses."""
