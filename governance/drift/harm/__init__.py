"""Does a movement reach the model's answers, and where?"""
