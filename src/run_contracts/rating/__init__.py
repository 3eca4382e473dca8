"""How good a checker is: any command that checks servers, tried on servers with one fault each."""
