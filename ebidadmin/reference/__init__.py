"""Facts from outside behind the ports of the services: holidays, telephone plan, mail domains, postcodes, kanji and legal forms."""
