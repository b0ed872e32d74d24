from cdktf import App

from stack import StaffStack

app = App()
StaffStack(app, "staff")
app.synth()
