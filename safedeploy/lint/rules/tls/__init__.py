"""Certificates, keys and what mod_ssl needs beside them."""
