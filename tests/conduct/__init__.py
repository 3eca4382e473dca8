"""How clients behave: lives played to them, and what is made of that."""
