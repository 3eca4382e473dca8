"""How good the tests are: small defects are put into the code, and tests must see them."""
