"""How clients behave: a server that goes as it is told, what it was asked, what is right of it."""
