"""How mockupAWS is set up and started; nothing in the product imports this."""
