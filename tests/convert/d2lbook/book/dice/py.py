#################   WARNING   ################
# The below part is generated automatically through:
