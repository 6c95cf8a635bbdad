"""What is wanted, what is registered, who is in; and the connection that moves it."""
