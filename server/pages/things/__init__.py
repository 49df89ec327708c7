"""Pages of things by class: organisations, places, findings; cards of services, laws, terms."""
