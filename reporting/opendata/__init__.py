"""Open data on local target programmes: adopted programmes, their amendments, published reports."""
