"""Rules about headers of requests and answers, and what decides about them."""
