"""What drivers get stuck on, from the access logs of the web server: counts, figures, the page that shows them, alerts."""
