"""What learners do with facts and questions besides answering: star, take a note, take a hint, report a mistake."""
